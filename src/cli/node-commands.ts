/**
 * The commands that carry a whole node with them. A bundle of its own, loaded only when one of them is
 * asked for, so that the others start as fast as Node.js itself.
 */
export { audit } from './audit.ts'
export { backup } from './backup.ts'
export { configCheck } from './config-check.ts'
export { demo } from './demo.ts'
export { configSchema } from './config-schema.ts'
export { init } from './init.ts'
export { offline } from './offline.ts'
export { up } from './up.ts'
export { checkWithoutNode, openLinksWithoutNode } from './without-node.ts'
