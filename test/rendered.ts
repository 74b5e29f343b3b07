/**
 * What a reader of Markdown sees: its code, where its links lead, its other words, and what else it is made of.
 *
 * Read by micromark in GitHub's flavour, so that a bare address counts as the link that it becomes; its directives
 * GitHub does not know. GitHub looks for names, numbers of issues and closing words in what is here `words`, and nowhere
 * else.
 */
import type { MicromarkToken, Rule } from 'markdownlint'
import { lint } from 'markdownlint/sync'

export type Rendered = {
  readonly words: string
  readonly code: readonly string[]
  readonly links: readonly string[]
  /** Anything but paragraphs, lists, quotes, bold words, code and links: HTML, images, headings, bare addresses. */
  readonly others: readonly string[]
}

export function rendered(text: string): Rendered {
  const seen = { words: [] as string[], code: [] as string[], links: [] as string[] }
  const others: string[] = []
  const look = (tokens: readonly MicromarkToken[]) => {
    for (const { type, text: said, children } of tokens) {
      // A ticked box could be a link to what is nowhere: its words are there already.
      if (type.startsWith('undefinedReference')) continue
      if (type === 'codeText') seen.code.push(textOf('codeTextData', children))
      else if (type === 'resource') seen.links.push(leadsTo(children))
      else if (/^(?:data|directiveText)$/.test(type)) seen.words.push(said)
      else if (isPlain(type)) look(children)
      else others.push(`${type} ${said}`)
    }
  }
  look(tokensOf(text))
  return { ...seen, words: seen.words.join('\n'), others }
}

const leadsTo = (resource: readonly MicromarkToken[]) =>
  textOf('resourceDestinationString', resource).replaceAll('&amp;', '&')

function textOf(wanted: string, tokens: readonly MicromarkToken[]): string {
  return tokens
    .map(({ type, text, children }) => (type === wanted ? text : textOf(wanted, children)))
    .join('')
}

const isPlain = (type: string) =>
  /^(?:content|paragraph|lineEnding|linePrefix|whitespace|listUnordered|listItem|blockQuote|strong|link$|label)/.test(
    type,
  )

function tokensOf(text: string): readonly MicromarkToken[] {
  let tokens: readonly MicromarkToken[] = []
  const reader: Rule = {
    names: ['reader'],
    description: 'keeps the tokens',
    tags: ['tokens'],
    parser: 'micromark',
    function: ({ parsers }) => void ({ tokens } = parsers.micromark),
  }
  const config = { default: false, reader: true }
  const found = lint({
    strings: { text },
    config,
    customRules: [reader],
    frontMatter: null,
    noInlineConfig: true,
  })
  if (found['text']?.length !== 0) throw new Error('the reader has found fault')
  return tokens
}
