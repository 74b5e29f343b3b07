/** What a doctor can find out about a CI command without running it. */
import { bad, type Finding, good, unproven } from '../../doorbell/finding.ts'
import { findProgram } from '../../find-program.ts'

export type CheckedCommand = {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

export function checkCommand({ argv: [program = ''], env }: CheckedCommand): readonly Finding[] {
  const path = env['PATH'] ?? process.env['PATH'] ?? ''
  switch (findProgram(program, path)) {
    case 'there':
      return [good(`the CI command ${program} is installed`)]
    case 'relative':
      return [unproven(`whether a commit has the CI command ${program}`, 'a run shows it')]
    case 'nowhere':
      return [bad(...lacking(program, path))]
  }
}

function lacking(program: string, path: string): readonly [string, string] {
  return program.startsWith('/')
    ? [`the CI command ${program} cannot be run`, 'install it there, or correct ci.argv']
    : [`the CI command ${program} is not on its PATH (${path})`, 'install it, or correct ci.argv']
}
