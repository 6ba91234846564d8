import { Button, type ButtonProps } from '@mantine/core';
import { useEffect, useState } from 'react';
import { IconCheck, IconCopy } from './icons.tsx';
import { useUiTexts } from './texts/language.ts';

const SHOWN_MS = 2_000;

/** Copies and says so, also to a screen reader: the button's own words change. */
export function CopyButton({ value, label, ...rest }: { value: string; label?: string } & ButtonProps) {
  const t = useUiTexts();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () =>
    navigator.clipboard?.writeText(value).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <Button
      variant="default"
      leftSection={copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
      onClick={copy}
      aria-live="polite"
      {...rest}
    >
      {copied ? t('copied') : (label ?? t('copy'))}
    </Button>
  );
}
