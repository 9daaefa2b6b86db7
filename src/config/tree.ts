/** Nested plain objects by path. Own members only: `constructor` is a key like any other. */

export type Tree = Record<string, unknown>;
export type TreePath = readonly string[];

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at the path, or undefined where the path ends early. */
export function valueAt(tree: Tree, path: TreePath): unknown {
  let value: unknown = tree;
  for (const key of path) {
    if (!isTree(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** Sets the value, making the objects on the way. Does nothing where something else than an object is in the way. */
export function setValueAt(tree: Tree, path: TreePath, value: unknown): void {
  let parent = tree;
  for (const key of path.slice(0, -1)) {
    if (!Object.hasOwn(parent, key)) parent[key] = {};
    const child = parent[key];
    if (!isTree(child)) return;
    parent = child;
  }
  parent[path.at(-1)!] = value;
}

/** Removes the member, if it is there. */
export function removeAt(tree: Tree, path: TreePath): void {
  const parent = valueAt(tree, path.slice(0, -1));
  if (isTree(parent)) delete parent[path.at(-1)!];
}
