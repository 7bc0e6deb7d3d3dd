/** Asks the test run's own process for a part; see parts-server.ts. Throws what it says when it cannot give it. */
export async function askForPart(partsUrl: string, path: string): Promise<string> {
  const response = await fetch(`${partsUrl}${path}`);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}
