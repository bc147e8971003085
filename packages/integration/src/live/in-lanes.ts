/** Cases under way at once: enough to overlap, few enough for two cores. */
const LANES = 8;

/** Works off items, several at once. */
export async function inLanes<T>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
  lanes = LANES,
): Promise<void> {
  const queue = items.map((item, index) => ({ item, index }));
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next.item, next.index);
    }),
  );
}
