/** Whether a host is the own machine, by its address or by the one name that always means it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** The same of `host:port`. */
export function isLoopbackNode(node: string): boolean {
  return isLoopback(node.slice(0, node.lastIndexOf(':')));
}
