/** Which store a backup or an audit is of: for commands that run without a node. */
export { auditSqlite } from '../store/sqlite/audit.ts'
export { backupSqlite } from '../store/sqlite/backup.ts'
