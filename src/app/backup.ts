/** Which store a backup is of: for a command that runs without a node. */
export { backupSqlite as backupStore } from '../store/sqlite/backup.ts'
