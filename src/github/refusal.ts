/** Why the token was refused when GitHub last said anything of it. */
import { GithubError } from './github-error.ts'

export type Refusal = {
  /** Null: it was taken, or GitHub has said nothing yet. */
  why(): string | null
  /** What is asked, whose end is noted. */
  of<T>(work: Promise<T>): Promise<T>
}

export function refusal(): Refusal {
  let why: string | null = null
  return {
    why: () => why,
    async of(work) {
      try {
        const done = await work
        why = null
        return done
      } catch (error) {
        if (error instanceof GithubError) why = after(error, why)
        throw error
      }
    },
  }
}

function after({ code, message }: GithubError, before: string | null): string | null {
  switch (code) {
    case 'unauthorized':
      return message
    // Says nothing of the token.
    case 'unreachable':
    case 'limited':
      return before
    case 'forbidden':
    case 'gone':
    case 'refused':
      return null
  }
}
