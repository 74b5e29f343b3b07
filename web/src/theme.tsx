/** Light, dark, or as the device has it. What is chosen here stays on this device, where the browser keeps anything. */
import { useState } from 'preact/hooks'

type Theme = 'auto' | 'light' | 'dark'

const next: Readonly<Record<Theme, Theme>> = { auto: 'dark', dark: 'light', light: 'auto' }
const words: Readonly<Record<Theme, string>> = { auto: 'Auto', dark: 'Dark', light: 'Light' }

export function ThemeButton() {
  const [theme, setTheme] = useState<Theme>(chosen())
  return (
    <button
      type="button"
      class="button quiet"
      onClick={() => {
        choose(next[theme])
        setTheme(next[theme])
      }}
    >
      <svg class="half" viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.5" />
        <path d="M8 1.5a6.5 6.5 0 0 1 0 13z" />
      </svg>
      <span class="unseen">Theme: </span>
      {words[theme]}
    </button>
  )
}

function chosen(): Theme {
  const theme = kept()?.getItem('theme')
  return theme === 'light' || theme === 'dark' ? theme : 'auto'
}

function choose(theme: Theme): void {
  if (theme === 'auto') {
    delete document.documentElement.dataset['theme']
    kept()?.removeItem('theme')
  } else {
    document.documentElement.dataset['theme'] = theme
    kept()?.setItem('theme', theme)
  }
}

/** Null: who blocks the data of sites. */
function kept(): Storage | null {
  try {
    return localStorage
  } catch (error) {
    if (error instanceof DOMException) return null
    throw error
  }
}
