/**
 * Fills a prompt's template. Pure.
 *
 * `{{name}}` stands for a value; a name that is not one of the known is an error, so that no prompt goes out
 * with a hole in it. What comes from an issue or a log is fenced as data: no text in it can close its fence.
 */
export type PromptValues = Readonly<Record<string, string>>

/** A template that cannot be filled, until somebody mends it. */
export class PromptError extends Error {
  override name = 'PromptError'
}

/** Throws a `PromptError` that names what is unknown, and what is known. */
export function fillPrompt(template: string, values: PromptValues): string {
  return template.replace(/\{\{\s*([^{}]*?)\s*\}\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value !== undefined) return value
    const known = Object.keys(values).join(', ')
    throw new PromptError(`a prompt names {{${name}}}, which is not one of: ${known}`)
  })
}

/** As a block that ends where it ends: its fence is longer than any run of backticks in the text. */
export function fenced(text: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${text}\n${fence}`
}
