import { IconClose, IconPlus, useFormat, useTexts } from '@chung/ui';
import { ActionIcon, Button, Group, Text } from '@mantine/core';
import type { PartnerTexts } from '../../texts/vi.ts';
import classes from './editor.module.css';
import { useEditor } from './editor-context.tsx';
import { MoneyField, TextPair } from './fields.tsx';
import { bundleTotal } from './hints.ts';
import { type BundleItem, emptyItem } from './offer-form.ts';

const FEWEST = 2;
const MOST = 20;

/** Changes the items; the price before the promotion follows their sum until someone enters another. */
function useChangeItems() {
  const { form, change } = useEditor();
  return (items: BundleItem[]) => {
    const benefit = { ...form.benefit, items };
    const follows = form.regularPriceMinor === '' || form.regularPriceMinor === bundleTotal(form);
    change({ benefit, ...(follows ? { regularPriceMinor: bundleTotal({ ...form, benefit }) || '' } : {}) });
  };
}

function Item({ item, index }: { item: BundleItem; index: number }) {
  const t = useTexts<PartnerTexts>();
  const { form, isLocked } = useEditor();
  const { items } = form.benefit;
  const changeItems = useChangeItems();
  const change = (part: Partial<BundleItem>) => changeItems(items.map((other) => (other.key === item.key ? { ...item, ...part } : other)));
  const number = index + 1;
  return (
    <div className={classes.item}>
      <Group justify="space-between">
        <Text size="sm" fw={600}>
          {t('editor.bundle.item', { number })}
        </Text>
        {items.length > FEWEST && !isLocked && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('editor.bundle.remove', { number })}
            onClick={() => changeItems(items.filter((other) => other.key !== item.key))}
          >
            <IconClose size={18} />
          </ActionIcon>
        )}
      </Group>
      <TextPair
        path={`benefit.items.${index}.name`}
        label={t('editor.bundle.itemName')}
        value={item.name}
        onChange={(name) => change({ name })}
        maxLength={120}
      />
      <div className={classes.row}>
        <MoneyField
          path={`benefit.items.${index}.regularPriceMinor`}
          label={t('editor.bundle.itemPrice')}
          value={item.regularPriceMinor}
          onChange={(regularPriceMinor) => change({ regularPriceMinor })}
        />
      </div>
    </div>
  );
}

export function BundleFields() {
  const t = useTexts<PartnerTexts>();
  const format = useFormat();
  const { form, changeBenefit, isLocked } = useEditor();
  const { items, bundlePriceMinor } = form.benefit;
  const changeItems = useChangeItems();
  return (
    <>
      <Text size="sm" fw={500}>
        {t('editor.bundle.items')}
      </Text>
      {items.map((item, index) => (
        <Item key={item.key} item={item} index={index} />
      ))}
      {items.length < MOST && !isLocked && (
        <Group>
          <Button variant="default" leftSection={<IconPlus size={18} />} onClick={() => changeItems([...items, emptyItem()])}>
            {t('editor.bundle.add')}
          </Button>
        </Group>
      )}
      <div className={classes.row}>
        <MoneyField
          path="benefit.bundlePriceMinor"
          label={t('editor.bundle.price')}
          help={t('editor.bundle.priceHelp', { total: format.money(bundleTotal(form)) })}
          value={bundlePriceMinor}
          onChange={(next) => changeBenefit({ bundlePriceMinor: next })}
        />
      </div>
    </>
  );
}
