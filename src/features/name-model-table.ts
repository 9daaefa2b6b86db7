/** Learned by `development/train-name-model.ts` from 40000 simulated names; models rest on it: a new table is a new feature. */
export const nameModelTable = [
  'kEFQRExPV1xHX1FNRThIYkh+QDc9Z1xRVFZOgDFzYGNQaHVnWEVsVD9FJlVdgzVJTWZea21XYEVJKXt6YyOSf3cyjnxzcGougpU2cHVA',
  'h4aDYIhJWzFweIdCkYUdPoUzPn1yLXl/aHh8W5GPk4WOUjokf3ZcKYZhVD+FgVtiajF5pzdualWBio5mhT8+VWJTXEd1X2lfdlo0SC1l',
  'Zr0rQj9zWW+KSmNNPCx8a3MjOXZsQ3hsTmJhRXKONGVlV4B+gHx9Pywqg353OHd4UEx2ZVt6TzWBe0plVjKJe2FlbztFHHN+fimdkYQu',
  'nZJnZnwtiaZVf248lJGTl5JQNTdgWFZKYU5pb2dQS0kpYmZqT0Q/a11wTlVkRlUVe153OZB4WyWEe2xvZDl+j2lmbll6gYp/eFI4I4N+',
  'ZTiNfz82inVtaXAzhJxeSmJPhGeGOIpDPi+GfV8rU2tmLJJrQWJyLIeGdGRbRlKViGaDTD8ZTGV5MZCNei+Sfn5pdjdkl25sc058g457',
  'aEIqLIRmQkCKMFdEUWhmcE5EgY17WVBZf25sVWY/MmBsS21dWF5ccGdcPzsyT3eQOkNLSkZJenJjPk8ge3iAN4uASTaDeTxvZy5/jjlr',
  'TlCChoZ9hUg9P2pmaFBtZFslbWpZXVBUcHFVXF0gaXl1bnE7OylTW2E2lYFxKpJib01dOHuyTllVTnlxlEaDPjssgmGKPZiHLjySXkxg',
  'ZkpqrVdDNjt2cIiHeEU6KIV3e0BzkC0zhnxvaXE6eqJDY0s3in+OkGk/OEFYRkhFgVtWR3RQSlQvWGiKNTdGj56bc15xRjclhWR9HIp+',
  'dCqOg3V0a0WDk2NydFiJiYuCgz4/I35wWi59e1U3hHtfWmItepRlU21AgH2Fg2A+J05paWQsdnJiJW9oXVZaWGmDWVhcMXdseGhmVCYn',
  'gGVrP3+CcD99c0xXUk5yqWRhZzF8fYN+iS46KoFyZjd/fSc0hVNXbWZTephmaXFffnyEVTw6F4mnpaKSqKWalamjmpuSl6WtmJ6eoaSu',
  'qaKnDA==',
].join('');
