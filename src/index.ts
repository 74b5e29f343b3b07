/** What `import 'afk-loop'` gives: the doorbell. It imports no package and no `node:` module; channels are subpaths. */
export { TERMINAL_KINDS, type TerminalKind } from './doorbell/kinds.ts'
export {
  DEFAULT_BASE_URL,
  LINK_TEMPLATES,
  type Link,
  type LinkFunction,
  type LinkOptions,
} from './doorbell/link.ts'
export {
  type Issue,
  type Notification,
  renderNotification,
  type TerminalEvent,
} from './doorbell/notification.ts'
export { Notifier, type Sender } from './doorbell/notifier.ts'
export { SendError } from './doorbell/send-error.ts'
