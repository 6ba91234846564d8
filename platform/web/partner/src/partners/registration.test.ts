import { registerPartner } from '@chung/contracts';
import { describe, expect, it } from 'vitest';
import { EMPTY_REGISTRATION, REGISTRATION_FIELDS, registrationBody, registrationField, slugFrom, wrongFields } from './registration.ts';

const good = {
  name: 'Cà phê Xanh',
  slug: 'ca-phe-xanh',
  legalName: 'Công ty TNHH Cà phê Xanh',
  taxId: '0101234567-001',
  contactEmail: 'lien.he@caphexanh.vn',
  username: 'ca.phe',
  displayName: 'Nguyễn Thị Hạnh',
  password: 'mot cau dai de nho',
};

describe('the registration form', () => {
  it('asks for every field', () => expect(wrongFields(EMPTY_REGISTRATION)).toEqual(REGISTRATION_FIELDS));
  it('lets through what the contract takes', () => {
    expect(wrongFields(good)).toEqual([]);
    expect(registerPartner.body.safeParse(registrationBody(good)).success).toBe(true);
  });
  it.each([
    ['slug', 'Cà phê'],
    ['taxId', '12345'],
    ['contactEmail', 'khong-phai-email'],
    ['username', '-x'],
    ['password', 'ngan'],
  ] as const)('refuses what the contract refuses: %s', (field, value) => {
    const bad = { ...good, [field]: value };
    expect(wrongFields(bad)).toEqual([field]);
    expect(registerPartner.body.safeParse(registrationBody(bad)).success).toBe(false);
  });
  it('makes a short address from a Vietnamese name', () => expect(slugFrom('Điện máy Đất Việt!')).toBe('dien-may-dat-viet'));
  it('finds the field of a path of the API', () => {
    expect(registrationField('owner.username')).toBe('username');
    expect(registrationField('nothing')).toBeNull();
  });
});
