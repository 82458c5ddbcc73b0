/** The machine's load. Only the wire writes here, so the module needs no mutation. */
export const monitor = {
  namespaced: true,
  state: () => ({ cpu: [] }),
  getters: {
    last: ({ cpu }) => cpu[cpu.length - 1],
    figures: ({ cpu }) => {
      const values = cpu.map(({ percent }) => percent)
      if (values.length === 0) return {}
      return {
        lowest: Math.min(...values),
        average: values.reduce((sum, value) => sum + value, 0) / values.length,
        highest: Math.max(...values),
      }
    },
  },
}
