/** What this whole process takes of a processor, second by second. */
export type Spending = {
  /** In milliseconds a second, since the last time that it was asked. */
  take(): { readonly worstMs: number; readonly meanMs: number }
  end(): void
}

export function spending(): Spending {
  let from = process.cpuUsage()
  let seconds: number[] = []
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(from)
    from = process.cpuUsage()
    seconds.push((user + system) / 1_000)
  }, 1_000)
  return {
    take() {
      const worstMs = Math.max(...seconds)
      const meanMs = seconds.reduce((sum, ms) => sum + ms, 0) / seconds.length
      seconds = []
      return { worstMs, meanMs }
    },
    end: () => clearInterval(timer),
  }
}
