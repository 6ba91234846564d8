import { ApiError, UnreachableError } from '@chung/client/light';
import type { CallAnswer, DevState } from '../src/dev/state.ts';

/** Asks the command for something; rejects with its sentence, in English. */
export async function ask(action: string, input: object = {}): Promise<unknown> {
  const response = await fetch(`/do/${action}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-chung-dev': '1' },
    body: JSON.stringify(input),
  });
  const told: { value?: unknown; problem?: { vi: string; en: string } } = await response.json();
  if (told.problem) throw new Error(told.problem.en);
  return told.value;
}

/** A call of the mini-app, made by the command with the member's token; ends as a host's own call would. */
export async function call(input: object): Promise<unknown> {
  const answer = (await ask('call', input)) as CallAnswer;
  if (answer.kind === 'value') return answer.value;
  if (answer.kind === 'unreachable') throw new UnreachableError(undefined);
  throw new ApiError(answer.problem, answer.retryAfterSeconds);
}

/** Follows the state of the command; `onLost` when it cannot be reached for now. */
export function followState(onState: (state: DevState) => void, onLost: () => void): () => void {
  const source = new EventSource('/events');
  source.onmessage = ({ data }) => onState(JSON.parse(data));
  source.onerror = onLost;
  return () => source.close();
}
