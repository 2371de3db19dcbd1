/**
 * The `stripe` SDK releases whose event lists were compared, oldest first, with the API version each speaks.
 * "First seen in" means the first of these that lists the type, so the oldest one means "December 2019 or earlier".
 */
export const SDK_RELEASES: Readonly<Record<string, string>> = {
  '8.0.1': '2019-12-03',
  '8.100.0': '2020-08-27',
  '8.222.0': '2020-08-27',
  '9.16.0': '2020-08-27',
  '10.17.0': '2022-08-01',
  '11.18.0': '2022-11-15',
  '12.18.0': '2022-11-15',
  '13.11.0': '2023-08-16',
  '14.25.0': '2023-10-16',
  '15.12.0': '2024-04-10',
  '16.12.0': '2024-06-20',
  '17.7.0': '2025-02-24.acacia',
  '18.5.0': '2025-08-27.basil',
  '19.3.1': '2025-10-29.clover',
  '20.4.1': '2026-02-25.clover',
  '21.0.1': '2026-03-25.dahlia',
  '22.6.2': '2026-08-26.dahlia',
  '23.1.0': '2026-10-28.endive',
};
