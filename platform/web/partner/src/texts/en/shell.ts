import type { shell as Vietnamese } from '../vi/shell.ts';

export const shell: typeof Vietnamese = {
  app: { name: 'Partners', documentTitle: 'Partner portal · Chung' },
  nav: {
    overview: 'Overview',
    offers: 'Offers',
    counter: 'Counter',
    redemptions: 'Redemptions',
    balance: 'Balance',
    events: 'Events',
    apps: 'Apps and keys',
  },
  landing: {
    title: 'Bring your offers to 22 million young people',
    lead: 'Write an offer, choose the right members, confirm at the counter and follow every đồng, all in one place.',
    signIn: 'Sign in',
    register: 'Register as a partner',
    points: {
      write: {
        title: 'Written once, reviewed in the open',
        text: 'Automatic checks run as you submit. If an offer is refused, you learn which rule and why.',
      },
      target: {
        title: 'The right people, the right place',
        text: 'Choose verified members, by province, age, role or unit. Personal data never leaves the platform.',
      },
      count: {
        title: 'Never one too many',
        text: 'Each redemption comes with its ledger entry and a signed receipt that can be verified even offline.',
      },
    },
  },
  register: {
    title: 'Register as a partner',
    lead: 'It takes about three minutes. An administrator then looks at your application, and you see the result here.',
    organisation: 'Your organisation',
    owner: 'Managing account',
    name: 'Display name',
    nameHelp: 'The name members see on your offers.',
    slug: 'Short address',
    slugHelp: 'Lower-case letters, digits and hyphens, for example: green-coffee. It cannot be changed later.',
    legalName: 'Legal name',
    legalNameHelp: 'As on your business registration.',
    taxId: 'Tax code',
    taxIdHelp: '10 digits, or 10 digits with a 3-digit branch number: 0101234567-001.',
    contactEmail: 'Contact e-mail',
    username: 'Username',
    usernameHelp: '3 to 40 characters: lower-case letters, digits, dot, hyphen or underscore.',
    displayName: 'Full name of the manager',
    password: 'Password',
    passwordHelp: 'At least 12 characters. A long sentence beats a difficult word.',
    send: 'Send application',
    haveAccount: 'Already have an account?',
    failed: 'The application was not sent',
    invalid: {
      slug: 'Use lower-case letters, digits and hyphens, 2 to 40 characters.',
      name: 'This needs 2 to 120 characters.',
      legalName: 'This needs 2 to 200 characters.',
      taxId: 'A tax code has 10 digits, with 3 more for a branch.',
      contactEmail: 'This e-mail address is not valid.',
      username: '3 to 40 characters, starting with a letter or digit.',
      displayName: 'Enter a full name.',
      password: 'The password needs at least 12 characters.',
    },
    sent: {
      title: 'The application of {{name}} has arrived',
      text: 'Sign in as “{{username}}” to see how it stands. Once approved, you can write offers at once.',
    },
  },
  status: {
    applied: {
      title: 'Your application is being reviewed',
      text: 'An administrator is looking at your details. This page updates by itself; there is nothing more to do.',
    },
    refused: {
      title: 'Your application was not accepted',
      text: 'The administrators refused this application. If the details below are wrong, contact them to learn how to apply again.',
    },
    suspended: {
      title: 'Your partner account is suspended',
      text: 'Your offers are hidden from members. You can still see redemptions and your balance.',
    },
    submitted: 'Sent',
    details: 'What you sent',
    seeData: 'See my data',
    wrongAccount: {
      title: 'This account does not belong to a partner',
      text: 'You are signed in with an account that has no rights in the partner portal. Sign out and use another one.',
    },
  },
};
