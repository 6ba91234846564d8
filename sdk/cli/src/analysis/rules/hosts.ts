import { type Finding, found } from '../findings.ts';
import { type ManifestFile, removed } from '../manifest-file.ts';
import { placeOf } from '../place.ts';
import { hostOf, type Request } from './requests.ts';

/** Hosts that the program contacts against those that the manifest lists. */
export function checkHosts(requests: readonly Request[], manifest: ManifestFile | null, root: string): readonly Finding[] {
  const listed = new Set(manifest?.hosts.keys() ?? []);
  const contacted = new Set<string>();
  const findings: Finding[] = [];
  for (const request of requests) {
    const host = hostOf(request);
    if (host === null) continue;
    const at = placeOf(root, request.node);
    if (host === 'unknown') findings.push(unknownHost(request.node.getText(), at));
    else {
      contacted.add(host);
      if (!listed.has(host)) findings.push(unlistedHost(host, at));
    }
  }
  const isSure = !findings.some(({ rule }) => rule === 'CH203');
  const idle = [...(manifest?.hosts ?? [])].filter(([host]) => !contacted.has(host) && isSure);
  return [...findings, ...idle.map(([host, node]) => idleHost(host, { manifest, node, root }))];
}

const unlistedHost = (host: string, at: Finding['at']): Finding =>
  found('CH201', { subject: host, detail: { vi: `${host} không có trong allowed_hosts.`, en: `${host} is not in allowed_hosts.` }, at });

const unknownHost = (address: string, at: Finding['at']): Finding =>
  found('CH203', {
    subject: address.slice(0, 60),
    detail: { vi: 'Không biết trước địa chỉ này gọi máy chủ nào.', en: 'Which host this address names is known at run time only.' },
    at,
  });

function idleHost(
  host: string,
  { manifest, node, root }: { manifest: ManifestFile | null; node: Parameters<typeof removed>[1]; root: string },
): Finding {
  const edits = manifest ? removed(manifest, node) : [];
  const detail = { vi: `Không thấy nơi nào gọi ${host}.`, en: `Nothing is seen to contact ${host}.` };
  const title = { vi: `Bỏ ${host}`, en: `Remove ${host} from the manifest` };
  return found('CH202', {
    subject: host,
    detail,
    at: placeOf(root, node),
    fix: edits.length > 0 ? { needs: 'nothing', title, edits } : undefined,
  });
}
