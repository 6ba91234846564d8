import { Alert, Anchor, Button, Code, Group, Stack, Text } from '@mantine/core';
import { IconAlert } from '../icons.tsx';
import { useUiTexts } from '../texts/language.ts';
import { type Explained, useExplain } from './explain-error.ts';
import { State } from './states.tsx';

/** What the operator needs to find the case in the logs. In the colour of its surroundings: a dimmed one fades on a tinted notice. */
export function Reference({ explained }: { explained: Explained }) {
  const t = useUiTexts();
  if (!explained.requestId) return null;
  return (
    <Text size="xs" component="div">
      {t('requestId')}: <Code>{explained.requestId}</Code>
      {explained.docs && (
        <>
          {' · '}
          <Anchor href={explained.docs} target="_blank" rel="noreferrer" size="xs" c="inherit" underline="always">
            {t('learnMore')}
          </Anchor>
        </>
      )}
    </Text>
  );
}

/** A refusal beside the thing that was refused (a form, a button). Renders nothing without an error. */
export function ProblemNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useUiTexts();
  const explain = useExplain();
  if (!error) return null;
  const explained = explain(error);
  return (
    <Alert color="red" variant="light" role="alert" title={explained.title} icon={<IconAlert />}>
      <Stack gap="xs">
        {explained.detail && <Text size="sm">{explained.detail}</Text>}
        {explained.fields.length > 0 && (
          <ul aria-label={t('fields')} style={{ margin: 0, paddingInlineStart: '1.2em' }}>
            {explained.fields.map((field) => (
              <li key={`${field.path}${field.message}`}>
                <Code>{field.path}</Code> {field.message}
              </li>
            ))}
          </ul>
        )}
        <Reference explained={explained} />
        {onRetry && explained.canRetry && (
          <Group>
            <Button size="xs" variant="default" onClick={onRetry}>
              {t('retry')}
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  );
}

/** A page or list that could not be loaded, with the way out. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useUiTexts();
  const explained = useExplain()(error);
  return (
    <State icon={<IconAlert size={28} />} title={explained.title} role="alert" {...(explained.detail ? { detail: explained.detail } : {})}>
      {onRetry && (
        <Button variant="default" onClick={onRetry}>
          {t('retry')}
        </Button>
      )}
      <Reference explained={explained} />
    </State>
  );
}
