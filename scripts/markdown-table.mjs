/** Markdown tables whose cells may hold anything. A column with nothing in it is left out. */
export function table(head, rows) {
  const isUsed = (_, column) => rows.some((cells) => cells[column] !== '')
  const used = [head, head.map(() => '---'), ...rows].map((cells) => cells.filter(isUsed))
  return used.map(line).join('\n')
}

export const code = (value) => `\`${value}\``

function line(cells) {
  return `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`
}
