import { EVENT_TYPES, type EventType } from '@chung/contracts';
import { expect, test } from 'vitest';
import { dataOf, eventsPage } from './events-page.ts';
import { readFieldNotes } from './field-notes.ts';

const page = eventsPage(readFieldNotes());
const types = Object.keys(EVENT_TYPES).filter((type): type is EventType => Object.hasOwn(EVENT_TYPES, type));

test.each(types)('the example of %s is one that its schema takes, and the page leads to it', (type) => {
  expect(EVENT_TYPES[type].safeParse(dataOf(type)).error?.issues ?? []).toEqual([]);
  expect(page).toContain(`\n## \`${type}\`\n`);
  expect(page).toContain(`(#${type.replaceAll('.', '')})`);
});
