/** Quotes words so that the remote shell sees them as they were given. */
export function shellCommand(words: readonly string[]): string {
  // One word is a shell script as it stands: `run 'echo $HOME | wc'`.
  const [script, ...rest] = words;
  if (script !== undefined && rest.length === 0) return script;
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");
}
