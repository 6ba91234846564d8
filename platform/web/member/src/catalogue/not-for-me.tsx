import { IconClose, Page } from '@chung/ui';
import { Button, Group, Text } from '@mantine/core';
import { Link } from 'wouter';
import { useT } from '../texts/use-t.ts';
import classes from './not-for-me.module.css';

interface NotForMeProps {
  readonly reasons: readonly { readonly fact: string; readonly message: string }[];
}

/** "Why not me?": the platform's own reasons, and what to do if the record is wrong. */
/** A refusal with its reasons, so that nobody has to ask the partner why. */
export function NotForMe({ reasons }: NotForMeProps) {
  const t = useT();
  return (
    <Page title={t('notForMe.title')} width="narrow" intro={t(reasons.length > 0 ? 'notForMe.intro' : 'notForMe.noReasons')}>
      {reasons.length > 0 && (
        <ul className={classes.reasons}>
          {reasons.map((reason) => (
            <li key={`${reason.fact}${reason.message}`}>
              <IconClose size={20} />
              <span>{reason.message}</span>
            </li>
          ))}
        </ul>
      )}
      <Text c="dimmed" my="lg">
        {t('notForMe.wrong')}
      </Text>
      <Group>
        <Button component={Link} href="/">
          {t('notForMe.others')}
        </Button>
        <Button component={Link} href="/me" variant="default">
          {t('notForMe.mine')}
        </Button>
      </Group>
    </Page>
  );
}
