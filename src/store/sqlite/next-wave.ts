/**
 * The wave after every wave that a key ever had on a channel, also of rings that were forgotten; an
 * expression in SQL. A receiver must not take news for a repeat.
 */
export function nextWave(key: string, channel: string): string {
  return `(select coalesce(max(wave), -1) + 1 from (
    select d.wave from ring k join delivery d on d.ring_seq = k.seq
      where k.key = ${key} and d.channel = ${channel}
    union all select wave from forgotten_key where key = ${key}))`
}
