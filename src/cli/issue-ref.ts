/** An issue as a person writes it: `infra#42`, `acme/web#7`. */
import { wrongly } from './cli-error.ts'

/** `what` names it in the refusal: an option, or a command. */
export function issueRef(text: string | undefined, what: string) {
  const [, repo, number] = /^([^#]+)#(\d{1,15})$/.exec(text ?? '') ?? []
  if (repo === undefined || number === undefined)
    throw wrongly(`${what} names the issue, such as infra#42 or acme/web#7`)
  return { repo, number: Number(number) }
}
