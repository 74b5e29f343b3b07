/**
 * A T3 Code server that is played, with so many threads: `node bench/t3-server.ts THREADS`. In a process of its own,
 * so that what it takes of the processor is not counted; ends when whoever began it does.
 */
import { t3StandIn } from '../test/t3/stand-in.ts'

const t3 = await t3StandIn()
const ids = t3.fleet(Number(process.argv[2]))
process.on('disconnect', () => process.exit())
process.send?.({ url: t3.url, token: t3.token, ids })
