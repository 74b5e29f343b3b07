/** The version of this build; the bundler puts it in, and without a bundle it is read from package.json. */
import packageJson from '../package.json' with { type: 'json' }

export const VERSION: string = packageJson.version
