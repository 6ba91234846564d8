import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Language } from '@chung/contracts';

const REQUEST_ID = /^[\w.-]{8,64}$/;
const ID = Symbol('request id');

/** The request's id: the proxy's `X-Request-Id` when it looks like one, else a new one. It stands in the log and in every problem. */
export function requestIdOf(request: IncomingMessage & { [ID]?: string }): string {
  const known = request[ID];
  if (known) return known;
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
  request[ID] = id;
  return id;
}

/** One header as text, by its name in small letters; Node joins what came twice. */
export function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** What browsers send are a few short texts, so each is read once. */
const knownLanguages = new Map<string, Language>();
const KNOWN_LANGUAGES_MAX = 1_000;
const KNOWN_LANGUAGE_SIGNS = 100;

/** Vietnamese unless the caller prefers English (RFC 9110 §12.5.4: the greater `q` first, then the order they stand in). */
export function languageOf({ headers }: IncomingMessage): Language {
  const header = headers['accept-language'];
  if (header === undefined) return 'vi';
  const known = knownLanguages.get(header);
  if (known) return known;
  const language = readLanguage(header);
  if (header.length > KNOWN_LANGUAGE_SIGNS) return language;
  if (knownLanguages.size >= KNOWN_LANGUAGES_MAX) knownLanguages.clear();
  knownLanguages.set(header, language);
  return language;
}

function readLanguage(header: string): Language {
  const wanted = header.toLowerCase().split(',').map(readRange);
  const weightOf = (language: Language) =>
    Math.max(0, ...wanted.filter((range) => range.language === language).map(({ weight }) => weight));
  const [vi, en] = [weightOf('vi'), weightOf('en')];
  const first = wanted.find(({ language }) => language === 'vi' || language === 'en')?.language;
  return en > vi || (en > 0 && en === vi && first === 'en') ? 'en' : 'vi';
}

function readRange(range: string): { language: string; weight: number } {
  const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  const weight = quality === undefined ? 1 : Number(quality.slice(2));
  return { language: tag.split('-')[0] ?? '', weight: weight >= 0 && weight <= 1 ? weight : 0 };
}
