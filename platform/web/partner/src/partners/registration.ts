/** The registration form, flat: what is typed, by field. */
export interface Registration {
  name: string;
  slug: string;
  legalName: string;
  taxId: string;
  contactEmail: string;
  username: string;
  displayName: string;
  password: string;
}

export type RegistrationField = keyof Registration;

export const EMPTY_REGISTRATION: Registration = {
  name: '',
  slug: '',
  legalName: '',
  taxId: '',
  contactEmail: '',
  username: '',
  displayName: '',
  password: '',
};

const within = (text: string, least: number, most: number) => text.trim().length >= least && text.trim().length <= most;

// The same rules as `partners.register` of the contract, without loading its schemas for a public page.
const RULES: Readonly<Record<RegistrationField, (value: string) => boolean>> = {
  name: (value) => within(value, 2, 120),
  slug: (value) => within(value, 2, 40) && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value),
  legalName: (value) => within(value, 2, 200),
  taxId: (value) => /^\d{10}(-?\d{3})?$/.test(value.trim()),
  contactEmail: (value) => /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(value.trim()) && value.length <= 200,
  username: (value) => /^[a-z0-9][a-z0-9._-]{2,39}$/.test(value),
  displayName: (value) => within(value, 1, 120),
  password: (value) => value.length >= 12 && value.length <= 200,
};

export const REGISTRATION_FIELDS = Object.keys(RULES) as readonly RegistrationField[];

export function wrongFields(registration: Registration): RegistrationField[] {
  return REGISTRATION_FIELDS.filter((field) => !RULES[field](registration[field]));
}

/** A short address from a name: `Cà phê Xanh` → `ca-phe-xanh`. */
export function slugFrom(name: string): string {
  const plain = name.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll(/[đĐ]/g, 'd').toLowerCase();
  return plain
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '');
}

/** The registration's paths in the API: the owner's fields are one level down. */
export function registrationField(path: string): RegistrationField | null {
  const name = path.replace(/^owner\./, '');
  return REGISTRATION_FIELDS.find((field) => field === name) ?? null;
}

export function registrationBody({ username, displayName, password, ...organisation }: Registration) {
  return {
    ...organisation,
    taxId: organisation.taxId.trim(),
    contactEmail: organisation.contactEmail.trim(),
    owner: { username, displayName, password },
  };
}
