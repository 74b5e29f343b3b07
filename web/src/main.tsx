/** Draws the page, and follows the node from then on. */
import { render } from 'preact'

import { App } from './app.tsx'
import { follow } from './follow.ts'
import './styles.css'

const root = document.querySelector('#page')
if (root === null) throw new Error('the page has no place to be drawn in')
root.replaceChildren()
render(<App />, root)
follow()

if (window.isSecureContext && 'serviceWorker' in navigator)
  window.addEventListener('load', () => void navigator.serviceWorker.register('/sw.js'))
