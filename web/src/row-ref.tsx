/** An issue in a row: where there is no room for all of it, its repository is cut and never its number. */
export function RowRef({ of }: { readonly of: string }) {
  const at = of.lastIndexOf('#')
  return (
    <span class="ref">
      <span>{of.slice(0, at)}</span>
      {of.slice(at)}
    </span>
  )
}
