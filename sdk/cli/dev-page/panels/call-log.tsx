import type { CallLine } from '../../src/dev/state.ts';
import { useWords } from '../words.ts';

/** What the mini-app has asked of the platform, newest first. */
export function CallLog({ calls }: { readonly calls: readonly CallLine[] }) {
  const { word } = useWords();
  if (calls.length === 0) return <p className="empty">{word('noCalls')}</p>;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{word('operation')}</th>
          <th scope="col">{word('outcome')}</th>
          <th scope="col">{word('time')}</th>
        </tr>
      </thead>
      <tbody>
        {calls.map((call) => (
          <tr key={call.id}>
            <td>
              <code>{call.operation}</code>
              {call.scope && <span className="soft">{call.scope}</span>}
            </td>
            <td className={call.status === 200 ? '' : 'wrong'}>{[call.status, call.code].filter((part) => part !== null).join(' ')}</td>
            <td>{call.milliseconds} ms</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
