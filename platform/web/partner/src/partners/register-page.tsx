import { ApiError, fieldErrors, Page, ProblemNotice, State, useApi, useSession, useTexts } from '@chung/ui';
import { Panel } from '@chung/ui/desk';
import { Anchor, Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { PartnerTexts } from '../texts/vi.ts';
import classes from './partners.module.css';
import { PublicFrame } from './public-frame.tsx';
import {
  EMPTY_REGISTRATION,
  type Registration,
  type RegistrationField,
  registrationBody,
  registrationField,
  slugFrom,
  wrongFields,
} from './registration.ts';

type Errors = Partial<Record<RegistrationField, string>>;

/** Which field a refusal is about; a taken name has a code of its own and no field list. */
function errorsOf(error: unknown): Errors {
  if (error instanceof ApiError && error.code === 'slug_taken') return { slug: error.title };
  if (error instanceof ApiError && error.code === 'username_taken') return { username: error.title };
  const found = Object.entries(fieldErrors(error)).map(([path, message]) => [registrationField(path), message] as const);
  return Object.fromEntries(found.filter(([field]) => field !== null));
}

function focusFirst(fields: readonly RegistrationField[]): void {
  // After React has drawn the messages; the field then reads its own error out.
  requestAnimationFrame(() => document.getElementById(`register-${fields[0]}`)?.focus());
}

function Sent({ name, username }: { name: string; username: string }) {
  const t = useTexts<PartnerTexts>();
  const { signIn } = useSession();
  return (
    <State title={t('register.sent.title', { name })} detail={t('register.sent.text', { username })}>
      <Button onClick={() => signIn('/partner/')}>{t('landing.signIn')}</Button>
    </State>
  );
}

function useRegistration() {
  const t = useTexts<PartnerTexts>();
  const api = useApi();
  const [values, setValues] = useState(EMPTY_REGISTRATION);
  const [slugTouched, setSlugTouched] = useState(false);
  const [errors, setErrors] = useState<Errors>({});
  const send = useMutation({
    mutationFn: (body: Registration) => api.call('partners.register', { body: registrationBody(body) }),
    onError: (error) => {
      const found = errorsOf(error);
      setErrors(found);
      focusFirst(Object.keys(found) as RegistrationField[]);
    },
  });
  const change = (field: RegistrationField, value: string) => {
    if (field === 'slug') setSlugTouched(true);
    const follows = field === 'name' && !slugTouched ? { slug: slugFrom(value) } : {};
    setValues({ ...values, [field]: value, ...follows });
    setErrors({ ...errors, [field]: undefined });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wrong = wrongFields(values);
    setErrors(Object.fromEntries(wrong.map((field) => [field, t(`register.invalid.${field}`)])));
    if (wrong.length > 0) focusFirst(wrong);
    else send.mutate(values);
  };
  return { values, errors, change, submit, send };
}

export function RegisterPage() {
  const t = useTexts<PartnerTexts>();
  const { signIn } = useSession();
  const { values, errors, change, submit, send } = useRegistration();
  const bind = (field: RegistrationField, help?: string) => ({
    id: `register-${field}`,
    label: t(`register.${field}`),
    value: values[field],
    error: errors[field],
    required: true,
    inputWrapperOrder: ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[],
    ...(help ? { description: help } : {}),
    onChange: (event: { currentTarget: { value: string } }) => change(field, event.currentTarget.value),
  });
  if (send.data)
    return (
      <PublicFrame>
        <Page title={t('register.title')} width="narrow">
          <Sent name={send.data.name} username={values.username} />
        </Page>
      </PublicFrame>
    );
  const isPlaced = Object.values(errors).some((message) => message !== undefined);
  return (
    <PublicFrame>
      <Page title={t('register.title')} intro={t('register.lead')} width="narrow">
        <form onSubmit={submit} noValidate>
          <Stack gap="lg">
            <Panel title={t('register.organisation')}>
              <Stack gap="md">
                <TextInput {...bind('name', t('register.nameHelp'))} autoComplete="organization" />
                <TextInput {...bind('slug', t('register.slugHelp'))} autoCapitalize="none" spellCheck={false} />
                <TextInput {...bind('legalName', t('register.legalNameHelp'))} />
                <div className={classes.pair}>
                  <TextInput {...bind('taxId', t('register.taxIdHelp'))} inputMode="numeric" />
                  <TextInput {...bind('contactEmail')} type="email" autoComplete="email" />
                </div>
              </Stack>
            </Panel>
            <Panel title={t('register.owner')}>
              <Stack gap="md">
                <TextInput {...bind('displayName')} autoComplete="name" />
                <TextInput
                  {...bind('username', t('register.usernameHelp'))}
                  autoComplete="username"
                  autoCapitalize="none"
                  spellCheck={false}
                />
                <PasswordInput {...bind('password', t('register.passwordHelp'))} autoComplete="new-password" />
              </Stack>
            </Panel>
            {send.error && !isPlaced && <ProblemNotice error={send.error} />}
            <Group justify="space-between">
              <Text size="sm" c="dimmed">
                {t('register.haveAccount')}{' '}
                <Anchor component="button" type="button" size="sm" onClick={() => signIn('/partner/')}>
                  {t('landing.signIn')}
                </Anchor>
              </Text>
              <Button type="submit" loading={send.isPending}>
                {t('register.send')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Page>
    </PublicFrame>
  );
}
