import { describe, expect, it } from 'vitest';
import { MOST_REASONS, noteOn, reasonsOf, rulesFor, toggleRule } from './refusal.ts';

describe('a refusal', () => {
  it('keeps a note with its rule and forgets it with the rule', () => {
    const noted = noteOn(toggleRule(new Map(), 'REV-203'), 'REV-203', ' Thiếu bảng giá ');
    expect(reasonsOf(noted)).toEqual([{ rule: 'REV-203', note: 'Thiếu bảng giá' }]);
    expect(reasonsOf(toggleRule(noted, 'REV-203'))).toEqual([]);
  });
  it('takes no more rules than the API does', () => {
    let refusal = toggleRule(new Map(), 'first');
    for (let count = 0; count < 20; count += 1) refusal = toggleRule(refusal, `rule-${count}`);
    expect(refusal.size).toBe(MOST_REASONS);
  });
});

describe('rulesFor', () => {
  const rules = [
    { rule: 'OFR-101', words: 'Mức giảm không quá 50%' },
    { rule: 'REV-203', words: 'Giá trước khuyến mại chưa có căn cứ' },
  ];
  it('finds words without their marks, and numbers', () => {
    expect(rulesFor(rules, 'gia truoc', new Set()).map(({ rule }) => rule)).toEqual(['REV-203']);
    expect(rulesFor(rules, 'ofr-1', new Set()).map(({ rule }) => rule)).toEqual(['OFR-101']);
  });
  it('puts first what the checks named', () => {
    expect(rulesFor(rules, '', new Set(['REV-203']))[0]?.rule).toBe('REV-203');
  });
});
