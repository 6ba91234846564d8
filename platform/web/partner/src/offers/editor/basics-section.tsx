import { useTexts } from '@chung/ui';
import { Panel } from '@chung/ui/desk';
import { NativeSelect } from '@mantine/core';
import type { PartnerTexts } from '../../texts/vi.ts';
import { CATEGORIES } from '../offer-words.ts';
import classes from './editor.module.css';
import { fieldId, useEditor } from './editor-context.tsx';
import { TextPair } from './fields.tsx';

export function BasicsSection() {
  const t = useTexts<PartnerTexts>();
  const { form, change, errorOf, isLocked } = useEditor();
  return (
    <Panel title={t('editor.sections.basics')}>
      <div className={classes.fields}>
        <TextPair
          path="title"
          label={t('editor.title.label')}
          help={t('editor.title.help')}
          value={form.title}
          onChange={(title) => change({ title })}
          maxLength={120}
        />
        <TextPair
          path="summary"
          label={t('editor.summary.label')}
          help={t('editor.summary.help')}
          value={form.summary}
          onChange={(summary) => change({ summary })}
          maxLength={300}
          rows={2}
        />
        <TextPair
          path="terms"
          label={t('editor.terms.label')}
          help={t('editor.terms.help')}
          value={form.terms}
          onChange={(terms) => change({ terms })}
          maxLength={4000}
          rows={6}
        />
        <div className={classes.row}>
          <NativeSelect
            id={fieldId('category')}
            label={t('editor.category.label')}
            value={form.category}
            error={errorOf('category')}
            disabled={isLocked}
            onChange={(event) => change({ category: CATEGORIES.find((name) => name === event.currentTarget.value) ?? 'other' })}
            data={CATEGORIES.map((value) => ({ value, label: t(`offers.category.${value}`) }))}
          />
        </div>
      </div>
    </Panel>
  );
}
