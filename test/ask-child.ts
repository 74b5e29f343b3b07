/** A node that only asks for one turn, as a process that a test can kill: `node ask-child.ts <options> <order>`. */
import { systemClock } from '../src/clock.ts'
import { commandExecutor } from '../src/executors/command/command-executor.ts'

const [options = '', order = ''] = process.argv.slice(2)
const executor = commandExecutor({ ...JSON.parse(options), clock: systemClock })
console.log(JSON.stringify(await executor.ask(JSON.parse(order))))
