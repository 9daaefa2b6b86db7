/** Whether what a runtime threw says that it had no memory left: by its text, since it throws nothing but texts. */
export function isOutOfMemory({ message }: Error): boolean {
  return /bad_alloc|bad allocation|failed to allocate|out of memory|length_error/i.test(message);
}

/** What a library says, for a line of a log: its first 200 characters, on one line, without the full stop. */
export function oneLine({ message }: Error): string {
  return message.replaceAll(/\s+/g, ' ').slice(0, 200).replace(/\.$/, '');
}
