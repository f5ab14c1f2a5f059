/** `gitRepoConfig` of `GitRepoConfig`. */
export function lowerFirst(word: string): string {
  return word.slice(0, 1).toLowerCase() + word.slice(1);
}

/** `GitRepoConfig` of `gitRepoConfig`. */
export function upperFirst(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

/** The name of one item of a list: `Resource` of `Resources`. */
export function singular(word: string): string {
  return word.endsWith('s') ? word.slice(0, -1) : `${word}Item`;
}
