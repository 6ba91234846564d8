// What a person sees while the proof runs.
const began = Date.now();

export function tell(line: string): void {
  const seconds = Math.round((Date.now() - began) / 1000);
  const time = `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}`;
  process.stdout.write(`[${time}] ${line}\n`);
}
