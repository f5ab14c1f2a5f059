/** Thrown, before anything is changed, by whatever only git itself is to do. */
export class LeftToGit extends Error {}
