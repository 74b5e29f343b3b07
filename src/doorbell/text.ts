/* oxlint-disable no-control-regex -- control characters are what this file is about */
/**
 * Text from an agent, a tracker or a caller, made safe to show. Pure.
 *
 * `plain` keeps the words, the line breaks and the tabs, and drops what could drive a terminal, break a
 * header or turn the reading order around: control characters, escape sequences, bidirectional
 * overrides. A lone surrogate becomes U+FFFD. `oneLine` also folds every line break into a space. Both
 * leave text without such characters as it is, to the byte, and applied twice change nothing more.
 */
export function plain(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .replace(escapes, '')
    .replace(unsafe, '')
}

export function oneLine(text: string): string {
  return plain(text).replace(/[\n\t]+/g, ' ')
}

/** ECMA-48: a control sequence, a string up to its terminator (never past the line), or a two-byte escape. */
const escapes =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?/g

/** C0 but tab and line feed, DEL, C1, the byte order mark, and the bidirectional embeddings, overrides and isolates. */
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u202a-\u202e\u2066-\u2069\ufeff]/g
