/** Where one signs in with the operator's token. It goes to the node, and stays nowhere on this device. */
import { useEffect, useRef } from 'preact/hooks'

import { useDoing, Wrong } from './act.tsx'
import { signIn } from './deeds.ts'

export function SignIn() {
  const token = useRef<HTMLInputElement>(null)
  const { isBusy, wrong, start } = useDoing(() => signIn(token.current?.value ?? ''))
  useEffect(() => token.current?.focus(), [])

  return (
    <form
      class="sign-in"
      onSubmit={(event) => {
        event.preventDefault()
        void start()
      }}
    >
      <h1 class="headline">Sign in</h1>
      <p>
        This node answers its operator. The token is in its configuration, or in the file that afk
        init made:
      </p>
      <p>
        <code>.afk/secrets/operator-token</code>
      </p>
      <label>
        Operator token
        <input
          ref={token}
          type="password"
          name="token"
          autocomplete="current-password"
          autocapitalize="off"
          spellcheck={false}
          required
        />
      </label>
      <Wrong wrong={wrong} />
      <button type="submit" class="button main" disabled={isBusy}>
        {isBusy ? 'Sign in …' : 'Sign in'}
      </button>
    </form>
  )
}
