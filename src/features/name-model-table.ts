/** Learned by `app/train-name-model.ts` from 40000 simulated names; models rest on it: a new table is a new feature. */
export const nameModelTable = [
  '/EFPREtPVlxHYFFNRThIY0h9QDc9aFxRVFZOjzF7YGNQanVnWEVsVD9FJVZdgzVJTWdea21XX0VPKIGFZSClj5oxnYiNf5Isi5U0gpA+',
  'lY+HYJdPbDFxfptCm5QbPYkxPZSbLHx9c4yXXKOZnZabWTsjhHtcJ4phVT+JjF1lezB8qjZ3cVaFkZVnjEA+V2FTXEh1X2thd1ozSC1n',
  'ZsArQj51WHCLSWNOPiqFb34gNYGBRHtyT2l8RnWNMnJvWIuEhZKHQyspiol+N3h+UU53Zl2QUTSGeUtqVzCTfl9mbzxHG3SDgymon5Ut',
  'qKNqaZcsjahXjXI7nJaYr5pUNTdgWFVKYU5qdWdPS0gpY2VpT0Q+bV1wTlRjR3QShF6HOKmGXyKNjYOGizeHjY1zh1uBiZadfWY5IoqI',
  'ZziViD41kXp3b5Ayip1kSWVOi2aKNpRGPy+KgV8qUmxoK5dsQGN/K4qFfmZcRVGcimeGT0AYS2Z8MJaZhS+Yg4xsizdkl3dxeU1+hpJ/',
  'aEQqLIZmQUCLMFdEUGloc09Ego2DWlFagG5rVWZAMmZsS25fV15dd2dbPjsyUHiPOkJLSkVJenNjPlwegoSYNpiTSTWJhTp+iCyGjTh5',
  'TlCLkI2Nk05KUG5weIBsam4cbHxuc3B1eGd1eHwUaox4lXxEPClTW2E2mYV1KpVic0xgN3y1TllVTnlxmEaFPjsshWGTPZ+OLTyYXkth',
  'bEtqr1hCNTp3cIqOeUc6J4l6f0BznC0yiIF0bH05e6NDZks2j4GSn2lAOUNXRUdFg1tXR3VPSlQuWmiKNTdGv7KodF5ySDgjk2WRGZWP',
  'kSifn5+Lo0WNk3GNkVmblZWbj0FCIYd3WiyCi1c2jYtmXXsqgJR6VIA+i4ONq19AJl5qbWcpeHtrInBsZFdqYGmAY1tiLXxsemxlbyUn',
  'hmZuP4KOej9/d0xYVU90rW1lbC9/gIaIki47KYx5aDaDjCQyjFFaeYJXf5l5dYZjhYCKVDk8FqyvsK2rrbCqsq+uq6qrr6uusrSyt6u3',
  'rqyuDA==',
].join('');
