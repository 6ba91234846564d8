import { useTexts } from '@chung/ui';
import { Panel, useProvinces } from '@chung/ui/desk';
import { Checkbox, MultiSelect, Switch, TagsInput, Text } from '@mantine/core';
import type { PartnerTexts } from '../../texts/vi.ts';
import classes from './editor.module.css';
import { fieldId, useEditor } from './editor-context.tsx';
import { HELP_BELOW, NumberField } from './fields.tsx';
import type { MemberRole } from './offer-form.ts';

const ROLES = ['member', 'officer', 'secretary'] as const satisfies readonly MemberRole[];

/** Letters without their marks, so that "ha noi" finds "Hà Nội". */
const plain = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll(/[đĐ]/g, 'd').toLowerCase();

function Provinces() {
  const t = useTexts<PartnerTexts>();
  const { provinces } = useProvinces();
  const { form, changeEligibility, errorOf, isLocked } = useEditor();
  const byCode = new Map(provinces.map((province) => [String(province.code), province]));
  return (
    <MultiSelect
      id={fieldId('eligibility.province')}
      label={t('editor.eligibility.provinces.label')}
      description={t('editor.eligibility.provinces.help')}
      inputWrapperOrder={HELP_BELOW}
      placeholder={form.eligibility.provinces.length === 0 ? t('editor.eligibility.provinces.placeholder') : ''}
      error={errorOf('eligibility.province')}
      disabled={isLocked}
      searchable
      clearable
      hidePickedOptions
      nothingFoundMessage={t('editor.eligibility.provinces.none')}
      maxDropdownHeight={280}
      value={form.eligibility.provinces}
      onChange={(codes) => changeEligibility({ provinces: codes })}
      data={provinces.map(({ code, name }) => ({ value: code, label: name }))}
      // A province merged in July 2025 is still looked for by its former name.
      filter={({ options, search }) =>
        options.filter((option) => {
          if (!('value' in option)) return true;
          const names = [option.label, ...(byCode.get(option.value)?.formerNames ?? [])];
          return names.some((name) => plain(name).includes(plain(search.trim())));
        })
      }
      renderOption={({ option }) => {
        const former = (byCode.get(option.value)?.formerNames ?? []).filter((name) => name !== option.label);
        return (
          <div>
            <Text size="sm">{option.label}</Text>
            {former.length > 0 && (
              <Text size="xs" c="dimmed">
                {t('editor.eligibility.provinces.formerly', { names: former.join(', ') })}
              </Text>
            )}
          </div>
        );
      }}
    />
  );
}

function Ages() {
  const t = useTexts<PartnerTexts>();
  const { form, changeEligibility, errorOf } = useEditor();
  const { atLeastYears, upToYears } = form.eligibility;
  const error = errorOf('eligibility.age');
  return (
    <div>
      <div className={classes.row}>
        <NumberField
          path="eligibility.age"
          label={t('editor.eligibility.ageFrom')}
          required={false}
          value={atLeastYears}
          onChange={(value) => changeEligibility({ atLeastYears: value })}
        />
        <NumberField
          path="eligibility.ageTo"
          label={t('editor.eligibility.ageTo')}
          required={false}
          value={upToYears}
          onChange={(value) => changeEligibility({ upToYears: value })}
        />
      </div>
      {!error && <p className={classes.help}>{t('editor.eligibility.ageHelp')}</p>}
    </div>
  );
}

export function EligibilitySection() {
  const t = useTexts<PartnerTexts>();
  const { form, changeEligibility, errorOf, isLocked } = useEditor();
  const { verified, roles, units } = form.eligibility;
  return (
    <Panel title={t('editor.sections.eligibility')} intro={t('editor.eligibility.lead')}>
      <div className={classes.fields}>
        <Switch
          id={fieldId('eligibility')}
          label={t('editor.eligibility.verified.label')}
          description={t('editor.eligibility.verified.help')}
          checked={verified}
          disabled={isLocked}
          onChange={(event) => changeEligibility({ verified: event.currentTarget.checked })}
        />
        <Provinces />
        <Ages />
        <Checkbox.Group
          label={t('editor.eligibility.roles.label')}
          description={t('editor.eligibility.roles.help')}
          value={roles}
          onChange={(values) => changeEligibility({ roles: ROLES.filter((role) => values.includes(role)) })}
        >
          <div className={classes.cards} style={{ marginBlockStart: 10 }}>
            {ROLES.map((role) => (
              <Checkbox key={role} value={role} label={t(`editor.role.${role}`)} disabled={isLocked} />
            ))}
          </div>
        </Checkbox.Group>
        <TagsInput
          id={fieldId('eligibility.unit')}
          label={t('editor.eligibility.units.label')}
          description={t('editor.eligibility.units.help')}
          inputWrapperOrder={HELP_BELOW}
          placeholder={units.length === 0 ? t('editor.eligibility.units.placeholder') : ''}
          error={errorOf('eligibility.unit')}
          disabled={isLocked}
          clearable
          maxTags={200}
          value={units}
          onChange={(values) => changeEligibility({ units: values })}
        />
      </div>
    </Panel>
  );
}
